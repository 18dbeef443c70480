"""Whether a mouth says what is heard: measured on the pictures, against voice and visemes."""
