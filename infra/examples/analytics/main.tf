# The events of orders as a table: SNS -> Firehose -> S3, compressed, in a folder for each day; Athena reads it in place.
# An example to begin with: it is applied beside the store, not by it. QuickSight or Redshift Spectrum read the same table.
terraform {
  required_version = ">= 1.9"
  required_providers {
    aws = { source = "hashicorp/aws", version = "~> 5.100" }
  }
}

variable "name" {
  type    = string
  default = "shop-analytics"
}

variable "events_topic_arn" {
  description = "terraform output -raw events_topic_arn, of the store"
  type        = string
}

data "aws_caller_identity" "here" {}

locals {
  # An event that came twice is in there twice: count distinct ids (docs/events.md).
  order   = "struct<number:string,version:int,state:string,currency:string,subtotal:string,shipping_price:string,discount:string,tax_total:string,total:string,gift_card_amount:string,country:string,shipping_method:string,payment_method:string,lines:array<struct<sku:string,quantity:int,unit_price:string,total:string,discount:string,tax_rate:string>>,refund:struct<payment:string,method:string,amount:string,currency:string>>"
  columns = { specversion = "string", id = "string", source = "string", type = "string", subject = "string", time = "string", datacontenttype = "string", dataschema = "string", data = local.order }
}

resource "aws_s3_bucket" "events" {
  bucket = "${var.name}-${data.aws_caller_identity.here.account_id}"
}

resource "aws_s3_bucket_public_access_block" "events" {
  bucket                  = aws_s3_bucket.events.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_server_side_encryption_configuration" "events" {
  bucket = aws_s3_bucket.events.id
  rule {
    apply_server_side_encryption_by_default { sse_algorithm = "AES256" }
  }
}

resource "aws_kinesis_firehose_delivery_stream" "events" {
  name        = var.name
  destination = "extended_s3"
  server_side_encryption { enabled = true }
  extended_s3_configuration {
    role_arn            = module.rights.arns["firehose"]
    bucket_arn          = aws_s3_bucket.events.arn
    prefix              = "orders/day=!{timestamp:yyyy-MM-dd}/"
    error_output_prefix = "errors/!{firehose:error-output-type}/"
    compression_format  = "GZIP"
    buffering_interval  = 300 # seconds; or
    buffering_size      = 64  # MiB, whichever comes first
    processing_configuration {
      enabled = true
      processors { type = "AppendDelimiterToRecord" } # one event a line
    }
  }
}

resource "aws_sns_topic_subscription" "events" {
  topic_arn             = var.events_topic_arn
  protocol              = "firehose"
  endpoint              = aws_kinesis_firehose_delivery_stream.events.arn
  subscription_role_arn = module.rights.arns["sns"]
  raw_message_delivery  = true
}

resource "aws_glue_catalog_database" "this" {
  name = replace(var.name, "-", "_")
}

# Days are calculated, not registered: nobody has to add a partition each night.
resource "aws_glue_catalog_table" "orders" {
  name          = "orders"
  database_name = aws_glue_catalog_database.this.name
  table_type    = "EXTERNAL_TABLE"
  parameters = {
    "projection.enabled"        = "true"
    "projection.day.type"       = "date"
    "projection.day.format"     = "yyyy-MM-dd"
    "projection.day.range"      = "2026-01-01,NOW"
    "storage.location.template" = "s3://${aws_s3_bucket.events.bucket}/orders/day=$${day}/"
  }
  partition_keys {
    name = "day"
    type = "date"
  }
  storage_descriptor {
    location      = "s3://${aws_s3_bucket.events.bucket}/orders/"
    input_format  = "org.apache.hadoop.mapred.TextInputFormat"
    output_format = "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat"
    ser_de_info { serialization_library = "org.openx.data.jsonserde.JsonSerDe" }
    dynamic "columns" {
      for_each = local.columns
      content {
        name = columns.key
        type = columns.value
      }
    }
  }
}

resource "aws_athena_workgroup" "this" {
  name = var.name
  configuration {
    enforce_workgroup_configuration = true
    bytes_scanned_cutoff_per_query  = 10 * 1024 * 1024 * 1024 # a slip of the pen costs five cents
    result_configuration {
      output_location = "s3://${aws_s3_bucket.events.bucket}/answers/"
      encryption_configuration { encryption_option = "SSE_S3" }
    }
  }
}

resource "aws_athena_named_query" "sales" {
  name      = "Sales of each day"
  workgroup = aws_athena_workgroup.this.id
  database  = aws_glue_catalog_database.this.name
  query     = file("${path.module}/sales.sql")
}

module "rights" {
  source = "../../modules/rights"
  name   = var.name
  trust  = { for service in ["firehose", "sns"] : service => jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "${service}.amazonaws.com" } }] }) }
  rights = {
    firehose = {
      files = { actions = ["s3:PutObject", "s3:AbortMultipartUpload", "s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"], resources = [aws_s3_bucket.events.arn, "${aws_s3_bucket.events.arn}/*"] }
    }
    sns = {
      stream = { actions = ["firehose:DescribeDeliveryStream", "firehose:ListDeliveryStreams", "firehose:ListTagsForDeliveryStream", "firehose:PutRecord", "firehose:PutRecordBatch"], resources = [aws_kinesis_firehose_delivery_stream.events.arn] }
    }
  }
}
