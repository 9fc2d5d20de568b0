"""The close of a day on the screen: what each night did, closing now, and days turned in a training."""
