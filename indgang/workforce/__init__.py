"""The workforce: what people can do (skills with levels). Forecasts and shifts come to live here."""
