"""SMS and WhatsApp through Twilio: sending, receipts, inbound texts, and whether they are genuine.

The SDK takes half a second and more to import, so only ``transport`` imports it, and only
``client`` imports that, when the first text is sent.
"""
