"""The commands of the command line, by what a person wants. Parse and print, decide nothing."""
