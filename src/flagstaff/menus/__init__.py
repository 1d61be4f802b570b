"""What a reporter can choose, per kind of subject: options as versioned data, drafted, compared, published, traced.

A published menu version never changes; a flag keeps the version and the label that its reporter saw.
"""
