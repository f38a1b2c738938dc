# Notices and letters
