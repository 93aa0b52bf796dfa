"""A made-up Bazhong and Jinhua to look at and to measure with: nobody and no firm in it exists."""
