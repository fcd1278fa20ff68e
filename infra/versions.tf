terraform {
  required_version = ">= 1.9"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }
  # State holds addresses and, for Redis, a password: keep it in a bucket that few may read.
  backend "s3" { use_lockfile = true }
}

provider "aws" {
  region = var.region
  default_tags { tags = { project = var.name } }
}
