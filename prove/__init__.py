"""The proof: journeys through a store whose processes are killed all the while, and what must be true afterwards."""
