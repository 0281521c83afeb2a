from django.db import migrations, models
from django.db.models.functions import Lower


class Migration(migrations.Migration):

    dependencies = [
        ('enquiries', '0024_secure_post'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='party',
            index=models.Index(Lower('email'), condition=~models.Q(email=''), name='enquiries_party_by_email'),
        ),
    ]
