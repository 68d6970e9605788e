"""What every network here shares: images, runtime, checkpoints, files, the loop over epochs."""
