from django.urls import path

from privacy.report import views

urlpatterns = [
    path("", views.report, name="report"),
    path("<int:year>/", views.report, name="report-of"),
    path("<int:year>/csv/", views.report_as_csv, name="report-csv"),
]
