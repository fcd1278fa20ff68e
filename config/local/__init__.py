"""The store on one machine: embedded services, web replicas, load balancer and their supervisor. Not part of the image."""
