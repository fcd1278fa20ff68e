# What the overlay of Kubernetes has to be told (k8s/overlays/aws/shop.env), name by name.
output "shop_env" {
  value = merge(local.queues, local.customers, {
    AWS_REGION       = var.region
    PUBLIC_URL       = "https://${var.shop_host}"
    ALLOWED_HOSTS    = var.shop_host
    MEDIA_BUCKET     = module.media.bucket
    EVENTS_TOPIC_ARN = module.queues.events_arn
    MEDIA_URL        = "https://${module.media.domain}/"
  })
}

locals {
  customers = one(module.customers[*].settings) != null ? one(module.customers[*].settings) : { COGNITO_ISSUER = "", COGNITO_CLIENT_IDS = "" }
  queues    = { SQS_QUEUE_BASE_URL = module.queues.base_url, SQS_QUEUE_PREFIX = "${var.name}-" }
}

output "customers" { value = local.customers }
output "secret_name" { value = module.secrets.name }
output "queues" { value = local.queues }
output "events_topic_arn" { value = module.queues.events_arn }
output "media_bucket" { value = module.media.bucket }

# What has to be put into the secret (docs/deploy): addresses that are known only now.
output "addresses" {
  value = {
    database   = module.database.address
    mail       = "email-smtp.${var.region}.amazonaws.com"
    secret     = module.secrets.name
    registry   = module.registry.url
    connection = "postgres://shop:...@${module.database.address}/shop"
  }
}

output "redis_urls" {
  description = "REDIS_URL and REDIS_SESSIONS_URL with their passwords: terraform output -json redis_urls"
  sensitive   = true
  value = {
    REDIS_URL          = "rediss://:${module.cache["cache"].token}@${module.cache["cache"].address}/0"
    REDIS_SESSIONS_URL = "rediss://:${module.cache["sessions"].token}@${module.cache["sessions"].address}/0"
  }
}

output "database_password_secret" {
  description = "The entry in which RDS keeps, and rotates, the owner's password."
  value       = module.database.password_secret_arn
}

output "max_connections" {
  value = local.size.connections
}

output "queue_limits" {
  description = "Seconds that a message stays hidden, by queue."
  value       = module.queues.visibility
}

output "role_arns" {
  value = module.roles.arns
}

output "trust" {
  description = "Who may take each role, as JSON."
  value       = module.roles.trust
}

output "policies" {
  description = "What each role may do, as JSON."
  value       = module.roles.policies
}
