"""The demo shop Tessel: a catalogue with a taste, and the program that draws every picture in it."""
