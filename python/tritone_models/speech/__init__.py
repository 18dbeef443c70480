"""The streaming policy: from audio that trickles in to captions that settle."""
