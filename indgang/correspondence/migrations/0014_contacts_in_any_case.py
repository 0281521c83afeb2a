from django.db import migrations, models
from django.db.models.functions import Lower


class Migration(migrations.Migration):

    dependencies = [
        ('correspondence', '0013_secure_post_both_ways'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='thread',
            index=models.Index(Lower('contact_address'), models.F('began_at').desc(), condition=~models.Q(contact_address=''), name='thread_of_contact_any_case'),
        ),
    ]
