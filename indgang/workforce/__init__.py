"""The workforce: people's skills and their levels. Forecasts and shifts will belong here."""
