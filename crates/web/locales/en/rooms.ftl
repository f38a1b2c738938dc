# Handovers and red account rooms
