"""From a network at work to the stages of its block diagram, one step a file."""
