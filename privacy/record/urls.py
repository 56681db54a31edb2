from django.urls import path

from privacy.record import views

urlpatterns = [
    path("", views.record, name="record"),
    path("json/", views.record_as_json, name="record-json"),
    path("csv/", views.record_as_csv, name="record-csv"),
]
