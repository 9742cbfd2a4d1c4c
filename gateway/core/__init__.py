"""The pure heart: values in, values out. No await, no clock, no SQL, no logging."""
