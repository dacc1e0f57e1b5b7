"""What the network families share: specs, blocks, published weights, the checkpoint file."""
