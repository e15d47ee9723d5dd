"""What every screen stands on: who asks, for what, whether they may, and what they see when something fails."""
