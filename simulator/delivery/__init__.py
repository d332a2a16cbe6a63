"""Pure: a notification's life: batch, schedule, attempt, outcome. Time is an argument; bodies are bytes handed in."""
