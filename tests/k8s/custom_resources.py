"""What we know of the kinds that operators bring: the fields that we use, from their published references.

KEDA 2.17 "ScaledObject specification" and "AWS SQS Queue scaler"; External Secrets 1.0 "API specification"; Gateway API
1.2 "API specification"; Prometheus operator 0.75 "API reference". A field that is not here is a mistake, or has to be
looked up and added.
"""

from typing import Any

TEXT = {"type": "string", "minLength": 1}
NUMBER_TEXT = {"type": "string", "pattern": "^[0-9]+$"}
COUNT = {"type": "integer", "minimum": 0}


def record(required: str, optional: str = "", **fields: Any) -> dict[str, Any]:
    """An object with these fields and no others; those without a schema of their own are text."""
    names = [*required.split(), *optional.split()]
    properties = {name: fields.get(name, TEXT) for name in names}
    return {"type": "object", "properties": properties, "required": required.split(), "additionalProperties": False}


def many(item: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "minItems": 1, "items": item}


SQS = record(
    "queueURL queueLength awsRegion scaleOnInFlight", queueLength=NUMBER_TEXT, scaleOnInFlight={"enum": ["true"]}
)
CLOUDWATCH = record(
    "namespace dimensionName dimensionValue metricName targetMetricValue minMetricValue awsRegion",
    "metricStat metricStatPeriod metricCollectionTime",
    targetMetricValue=NUMBER_TEXT,
)
BEHAVIOR = record(
    "stabilizationWindowSeconds policies",
    stabilizationWindowSeconds=COUNT,
    policies=many(record("type value periodSeconds", value=COUNT, periodSeconds=COUNT)),
)
TRIGGER = record(
    "type metadata authenticationRef",
    "metricType",
    type={"enum": ["aws-sqs-queue", "aws-cloudwatch"]},
    metadata={"oneOf": [SQS, CLOUDWATCH]},
    authenticationRef=record("name"),
)
REDIRECT = record("scheme statusCode", statusCode={"enum": [301, 302]})
SELECTION = record("matchExpressions", matchExpressions=many(record("key operator values", values=many(TEXT))))
DURATION = {"type": "string", "pattern": "^[0-9]+(ms|s|m|h)$"}
ALERT = record(
    "alert expr labels annotations",
    "for",
    labels=record("severity"),
    annotations=record("summary runbook"),
    **{"for": DURATION},
)
SCRAPE = record("port", "path interval scrapeTimeout", interval=DURATION, scrapeTimeout=DURATION)
SPECS = {
    ("monitoring.coreos.com/v1", "PodMonitor"): record(
        "selector podMetricsEndpoints", selector=SELECTION, podMetricsEndpoints=many(SCRAPE)
    ),
    ("monitoring.coreos.com/v1", "PrometheusRule"): record(
        "groups", groups=many(record("name rules", rules=many(ALERT)))
    ),
    ("keda.sh/v1alpha1", "TriggerAuthentication"): record(
        "podIdentity", podIdentity=record("provider", provider={"enum": ["aws"]})
    ),
    ("keda.sh/v1alpha1", "ScaledObject"): record(
        "scaleTargetRef triggers minReplicaCount maxReplicaCount",
        "pollingInterval cooldownPeriod fallback advanced",
        scaleTargetRef=record("name", "apiVersion kind"),
        minReplicaCount=COUNT,
        maxReplicaCount=COUNT,
        pollingInterval=COUNT,
        fallback=record("failureThreshold replicas behavior", failureThreshold=COUNT, replicas=COUNT),
        advanced=record(
            "horizontalPodAutoscalerConfig",
            horizontalPodAutoscalerConfig=record(
                "behavior", behavior=record("scaleUp scaleDown", scaleUp=BEHAVIOR, scaleDown=BEHAVIOR)
            ),
        ),
        triggers=many(TRIGGER),
    ),
    ("external-secrets.io/v1", "SecretStore"): record(
        "provider", provider=record("aws", aws=record("service region", service={"enum": ["SecretsManager"]}))
    ),
    ("external-secrets.io/v1", "ExternalSecret"): record(
        "refreshInterval secretStoreRef target dataFrom",
        secretStoreRef=record("kind name"),
        target=record("name creationPolicy deletionPolicy"),
        dataFrom=many(record("extract", extract=record("key"))),
    ),
    ("gateway.networking.k8s.io/v1", "Gateway"): record(
        "gatewayClassName listeners",
        listeners=many(
            record(
                "name port protocol allowedRoutes",
                "tls",
                port=COUNT,
                allowedRoutes=record("namespaces", namespaces=record("from")),
                tls=record("mode certificateRefs", certificateRefs=many(record("kind name"))),
            )
        ),
    ),
    ("gateway.networking.k8s.io/v1", "HTTPRoute"): record(
        "parentRefs rules",
        parentRefs=many(record("name sectionName")),
        rules=many(
            record(
                "",
                "filters backendRefs timeouts",
                filters=many(record("type requestRedirect", requestRedirect=REDIRECT)),
                backendRefs=many(record("name port", port=COUNT)),
                timeouts=record("request"),
            )
        ),
    ),
}


def definitions() -> list[dict[str, Any]]:
    """CustomResourceDefinitions of these kinds with any content: an API server then knows their names, and no more."""
    return [_definition(*version.split("/"), kind) for version, kind in SPECS]


def _definition(group: str, version: str, kind: str) -> dict[str, Any]:
    plural = f"{kind.lower()}s"
    anything = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    served = {"name": version, "served": True, "storage": True, "schema": {"openAPIV3Schema": anything}}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {
            "name": f"{plural}.{group}",
            # The API server guards the names of groups below k8s.io: who takes one says where it was agreed upon.
            "annotations": {"api-approved.kubernetes.io": "unapproved, for tests"},
        },
        "spec": {
            "group": group,
            "scope": "Namespaced",
            "names": {"kind": kind, "plural": plural, "singular": kind.lower(), "listKind": f"{kind}List"},
            "versions": [served],
        },
    }
