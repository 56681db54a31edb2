from django.urls import path
from django.utils.translation import pgettext_lazy

from contact.prospects import views

urlpatterns = [
    path(pgettext_lazy("address", "news/confirm/<str:token>/"), views.confirm_news, name="news-confirm"),
    path(pgettext_lazy("address", "news/confirmed/"), views.news_confirmed, name="news-confirmed"),
]
