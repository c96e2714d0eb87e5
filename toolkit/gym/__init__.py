"""Games as Gymnasium environments. Needs the extra `gym`."""
