from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('correspondence', '0012_reply_texts'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='securepost',
            name='correspondence_secure_post_once',
        ),
        migrations.AddField(
            model_name='mailboxstate',
            name='failing',
            field=models.JSONField(blank=True, default=list, help_text='ids of what secure post lists and could not be taken; it is tried last'),
        ),
        migrations.AddIndex(
            model_name='securepost',
            index=models.Index(condition=models.Q(('state__in', ('queued', 'sending'))), fields=['state_at'], name='secure_post_leaving'),
        ),
        migrations.AddConstraint(
            model_name='securepost',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'received')), fields=('mailbox', 'uuid'), name='correspondence_secure_post_came_once'),
        ),
        migrations.AddConstraint(
            model_name='securepost',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'received'), _negated=True), fields=('mailbox', 'uuid'), name='correspondence_secure_post_sent_once'),
        ),
    ]
