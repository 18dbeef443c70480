"""What Tritone's Triton models share: sequences, the streaming speech policy, recognisers."""
