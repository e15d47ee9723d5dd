"""What every room's operations for programs are made with. The room `accounts` has the door; `config.api` is the root."""
