module "network" {
  source = "./modules/network"
  name   = var.name
  region = var.region
  cidr   = var.vpc_cidr
}

module "database" {
  source      = "./modules/database"
  name        = var.name
  vpc_id      = module.network.vpc_id
  subnet_ids  = module.network.private_subnet_ids
  client_cidr = var.vpc_cidr
  class       = local.size.database
  storage     = local.size.storage
  connections = local.size.connections
}

# Two, because they are emptied differently: a page may be thrown away at any time, a session may not. The one that was
# not used for longest goes first, not the one that ends first: counters of sign-ins end before pages, and whoever asks
# for enough of those would guess passwords without a limit.
module "cache" {
  source      = "./modules/cache"
  for_each    = { cache = "volatile-lru", sessions = "noeviction" }
  name        = "${var.name}-${each.key}"
  eviction    = each.value
  vpc_id      = module.network.vpc_id
  subnet_ids  = module.network.private_subnet_ids
  client_cidr = var.vpc_cidr
  node_type   = local.size.cache
  nodes       = local.size.nodes
}

module "media" {
  source          = "./modules/media"
  name            = var.name
  shop_host       = var.shop_host
  media_host      = var.media_host
  certificate_arn = var.media_certificate_arn
}

module "queues" {
  source      = "./modules/queues"
  name        = var.name
  alarm_email = var.alarm_email
}

module "secrets" {
  source = "./modules/secrets"
  name   = var.name
}

module "customers" {
  source        = "./modules/customers"
  count         = var.customers_sign_in_at_cognito ? 1 : 0
  name          = "${var.name}-customers"
  callback_urls = var.app_callback_urls
}

module "registry" {
  source = "./modules/registry"
  name   = var.name
}

module "roles" {
  source            = "./modules/roles"
  name              = var.name
  cluster_name      = var.cluster_name
  namespace         = var.kubernetes_namespace
  media_arn         = module.media.bucket_arn
  queue_arns        = module.queues.arns
  dead_arns         = module.queues.dead_letter_arns
  oidc_provider     = var.oidc_provider
  events_arn        = module.queues.events_arn
  backups_arn       = module.media.private_bucket_arn
  secret_arn        = module.secrets.arn
  pods_read_secrets = var.pods_read_secrets
  key_arn           = module.secrets.key_arn
}

module "watching" {
  source        = "./modules/watching"
  name          = var.name
  region        = var.region
  alarms_arn    = module.queues.alarms_arn
  queues        = module.queues.names
  dead_letters  = module.queues.dead_letter_names
  database_id   = module.database.id
  connections   = local.size.connections
  cache_members = { for key, cache in module.cache : key => cache.members }
}

# Beside the roles and not in them, so that these do not wait for the database.
data "aws_iam_policy_document" "database_password" {
  statement {
    actions   = ["secretsmanager:GetSecretValue"]
    resources = [module.database.password_secret_arn]
  }
}

resource "aws_iam_role_policy" "database_password" {
  for_each = module.roles.readers
  name     = "database-password"
  role     = each.value
  policy   = data.aws_iam_policy_document.database_password.json
}
