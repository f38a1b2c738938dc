# Signals and business time
