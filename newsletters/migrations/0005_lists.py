"""Letters for more than subscribers, asked for without an account, and addresses not to be mailed."""

from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from accounts.roles import PUBLISHER, SUPPORT, grant_role

SUPPORT_PERMISSIONS = (
    "newsletters.view_mailevent",
    "newsletters.view_signup",
    "newsletters.view_suppression",
    "newsletters.view_wishes",
    "newsletters.delete_suppression",
)
PUBLISHER_PERMISSIONS = (*SUPPORT_PERMISSIONS, "newsletters.add_suppression", "newsletters.import_newsletter")


def keep_the_rule(apps: Any, schema_editor: Any) -> None:
    letters = apps.get_model("newsletters", "Newsletter").objects
    letters.filter(for_subscribers=False).update(goes_to="asked")


def add_roles(apps: Any, schema_editor: Any) -> None:
    grant_role(apps, SUPPORT, SUPPORT_PERMISSIONS)
    grant_role(apps, PUBLISHER, PUBLISHER_PERMISSIONS)


class Migration(migrations.Migration):

    dependencies = [
        ('newsletters', '0004_stories_that_are_public'),
        ('subscriptions', '0013_offers_schedule'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Suppression',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(max_length=64, unique=True)),
                ('reason', models.CharField(choices=[('bounce', 'address does not exist'), ('complaint', 'marked as spam'), ('all', 'unsubscribed from everything'), ('erased', 'erased on request')], max_length=9)),
                ('since_at', models.DateTimeField()),
                ('note', models.CharField(blank=True, help_text='What the mail server said.', max_length=300)),
            ],
            options={
                'ordering': ('-since_at',),
            },
        ),
        migrations.AlterModelOptions(
            name='newsletter',
            options={
                'ordering': ('position', 'pk'),
                'permissions': (('import_newsletter', 'Can take in and hand out lists of readers'),),
            },
        ),
        migrations.AddField(
            model_name='newsletter',
            name='goes_to',
            field=models.CharField(choices=[('asked', 'nobody: those who ask for it'), ('registered', 'every reader with an account'), ('subscribers', 'every subscriber')], default='subscribers', help_text='Until they unsubscribe. Others get it when they ask, if it is offered.', max_length=11, verbose_name='goes, unasked, to'),
        ),
        migrations.RunPython(keep_the_rule, migrations.RunPython.noop),
        migrations.RemoveField(
            model_name='newsletter',
            name='for_subscribers',
        ),
        migrations.AddField(
            model_name='newsletter',
            name='is_offered',
            field=models.BooleanField(default=True, help_text='Shown on sign-up pages; anyone may ask for it.', verbose_name='offered to everyone'),
        ),
        migrations.AddField(
            model_name='newsletter',
            name='plans',
            field=models.ManyToManyField(blank=True, help_text='Only subscribers of these; none chosen: of every plan, and whoever else may read.', related_name='+', to='subscriptions.plan'),
        ),
        migrations.AddField(
            model_name='newsletter',
            name='position',
            field=models.PositiveSmallIntegerField(default=0, help_text='Among the letters readers see.', verbose_name='order'),
        ),
        migrations.AddField(
            model_name='preference',
            name='cadence',
            field=models.CharField(choices=[('each', 'every edition'), ('weekly', 'at most one a week'), ('monthly', 'at most one a month')], default='each', max_length=7, verbose_name='how often'),
        ),
        migrations.CreateModel(
            name='Wishes',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('paused_until', models.DateTimeField(blank=True, help_text='No letter goes to them before; account mail does.', null=True)),
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='mail_wishes', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name_plural': 'wishes',
            },
        ),
        migrations.CreateModel(
            name='MailEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(help_text="The provider's name for this piece of news.", max_length=120, unique=True)),
                ('kind', models.CharField(choices=[('delivered', 'delivered'), ('bounced', 'bounced for good'), ('soft', 'bounced for now'), ('complained', 'marked as spam'), ('unsubscribed', 'unsubscribed at the provider')], max_length=12)),
                ('digest', models.CharField(db_index=True, help_text='Of the address it is about.', max_length=64)),
                ('happened_at', models.DateTimeField()),
                ('note', models.CharField(blank=True, max_length=300)),
                ('delivery', models.ForeignKey(blank=True, help_text="Unknown for others' mail.", null=True, on_delete=django.db.models.deletion.CASCADE, related_name='events', to='newsletters.delivery')),
            ],
            options={
                'ordering': ('-happened_at', '-pk'),
                'indexes': [models.Index(condition=models.Q(('kind', 'soft')), fields=['digest', '-happened_at'], name='mail_event_soft')],
            },
        ),
        migrations.CreateModel(
            name='SignUp',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('address', models.EmailField(db_index=True, max_length=254)),
                ('text', models.TextField(verbose_name='words agreed to')),
                ('source', models.CharField(max_length=200, verbose_name='page')),
                ('network', models.CharField(blank=True, help_text='The address they came from, truncated.', max_length=50)),
                ('asked_at', models.DateTimeField()),
                ('confirmed_at', models.DateTimeField(blank=True, null=True)),
                ('newsletters', models.ManyToManyField(related_name='+', to='newsletters.newsletter')),
                ('user', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='letter_signups', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'sign-up',
                'ordering': ('-asked_at',),
                'constraints': [models.CheckConstraint(condition=models.Q(('confirmed_at__isnull', True), ('user__isnull', False), _connector='OR'), name='signup_confirmed_is_someone')],
            },
        ),
        migrations.RunPython(add_roles, migrations.RunPython.noop),
    ]
