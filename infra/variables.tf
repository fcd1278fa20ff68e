variable "name" {
  description = "What everything is called; also the prefix of the queues, as SQS_QUEUE_PREFIX."
  type        = string
  default     = "shop"
}

variable "region" {
  type    = string
  default = "eu-central-1"
}

variable "vpc_cidr" {
  description = "The range that k8s/overlays/aws/network.yaml names."
  type        = string
  default     = "10.0.0.0/16"
}

variable "cluster_name" {
  description = "The EKS cluster that runs the store; it has to be in this VPC, with the Pod Identity agent. Empty: no rights are given to pods yet."
  type        = string
  default     = ""
}

variable "kubernetes_namespace" {
  type    = string
  default = "shop"
}

variable "shop_host" {
  description = "The name that shoppers type, such as shop.example."
  type        = string
}

variable "media_host" {
  description = "The name that pictures are served under, such as media.shop.example."
  type        = string
}

variable "media_certificate_arn" {
  description = "A certificate in us-east-1 for media_host. Empty: CloudFront's own name and certificate are used."
  type        = string
  default     = ""
}

variable "size" {
  description = "small, medium or large: what docs/cost.md calculates."
  type        = string
  default     = "small"
  validation {
    condition     = contains(["small", "medium", "large"], var.size)
    error_message = "size is small, medium or large."
  }
}

variable "alarm_email" {
  description = "Who is told when an alarm rings. Empty: nobody, the topic is there."
  type        = string
  default     = ""
}

variable "pods_read_secrets" {
  description = "Give pods the right to read secrets directly (SECRETS_FROM), instead of External Secrets."
  type        = bool
  default     = false
}

variable "oidc_provider" {
  description = "IRSA instead of Pod Identity: the cluster's OIDC issuer without https://. Empty: Pod Identity."
  type        = string
  default     = ""
}

variable "customers_sign_in_at_cognito" {
  description = "Make a user pool whose tokens the API takes beside its own."
  type        = bool
  default     = false
}

variable "app_callback_urls" {
  description = "Where the user pool's sign-in page may send a person back to."
  type        = list(string)
  default     = ["tessel://signed-in"]
}
