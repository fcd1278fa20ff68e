"""The audit, the guard and the move of state out of a pod. Works on any Django project; knows nothing of the shop."""
