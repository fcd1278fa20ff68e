WRITTEN = []


def handle(request):
    WRITTEN.append(request)
