"""What becomes of somebody’s data after their death, as they said, and what their heirs may ask (arts. 84–85, P5.8)."""
