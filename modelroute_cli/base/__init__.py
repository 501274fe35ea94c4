"""What every room may use: errors and exit codes, exact money, time as an argument, shared types, frame schemas."""
