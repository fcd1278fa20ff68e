"""Capacity on paper: what a rate of requests needs and costs, from what one request was measured to cost."""
