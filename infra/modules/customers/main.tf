# A user pool for shoppers who sign in at Cognito; the API takes its access tokens (COGNITO_ISSUER, COGNITO_CLIENT_IDS).
variable "name" { type = string }
variable "callback_urls" { type = list(string) }

resource "aws_cognito_user_pool" "this" {
  name                     = var.name
  username_attributes      = ["email"]
  auto_verified_attributes = ["email"] # an account of the store is opened for a verified address only
  deletion_protection      = "ACTIVE"
  mfa_configuration        = "OPTIONAL"
  software_token_mfa_configuration { enabled = true }
  username_configuration { case_sensitive = false }
  password_policy {
    minimum_length                   = 10
    require_lowercase                = false
    require_uppercase                = false
    require_numbers                  = false
    require_symbols                  = false
    temporary_password_validity_days = 3
  }
  account_recovery_setting {
    recovery_mechanism {
      name     = "verified_email"
      priority = 1
    }
  }
}

# An app on a phone keeps no secret: the code that it gets is bound to it by PKCE.
resource "aws_cognito_user_pool_client" "app" {
  name                                 = "app"
  user_pool_id                         = aws_cognito_user_pool.this.id
  generate_secret                      = false
  allowed_oauth_flows_user_pool_client = true
  allowed_oauth_flows                  = ["code"]
  allowed_oauth_scopes                 = ["openid", "email"]
  supported_identity_providers         = ["COGNITO"]
  callback_urls                        = var.callback_urls
  explicit_auth_flows                  = ["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
  prevent_user_existence_errors        = "ENABLED"
  enable_token_revocation              = true
  access_token_validity                = 15
  id_token_validity                    = 15
  refresh_token_validity               = 60
  token_validity_units {
    access_token  = "minutes"
    id_token      = "minutes"
    refresh_token = "days"
  }
}

data "aws_caller_identity" "here" {}
data "aws_region" "here" {}

resource "aws_cognito_user_pool_domain" "this" {
  domain       = "${var.name}-${data.aws_caller_identity.here.account_id}"
  user_pool_id = aws_cognito_user_pool.this.id
}

output "settings" {
  value = {
    COGNITO_ISSUER     = "https://cognito-idp.${data.aws_region.here.name}.amazonaws.com/${aws_cognito_user_pool.this.id}"
    COGNITO_CLIENT_IDS = aws_cognito_user_pool_client.app.id
  }
}
