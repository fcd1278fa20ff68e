from rest_framework.generics import ListAPIView
from rest_framework.serializers import ModelSerializer

from teashop.models import Tea


class TeaSerializer(ModelSerializer):
    class Meta:
        model = Tea
        fields = ["name", "slug", "cents", "stock", "picture"]


class Teas(ListAPIView):
    queryset = Tea.objects.all()
    serializer_class = TeaSerializer
