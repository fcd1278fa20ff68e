"""The store on one machine: embedded services, web replicas, load balancer, supervisor. Not part of the image."""
