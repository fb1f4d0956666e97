"""What several rooms' tests are built with: small real files, a small real encoder."""
