"""Whether the site is well: what a load balancer asks all the time, and the sign of life that beat gives."""
