"""Online forms: what they ask (pure), their versions, and what people send with them."""
