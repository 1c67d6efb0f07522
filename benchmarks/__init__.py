"""Ratios against other programs that read the same replies, each measured in one run on one machine."""
