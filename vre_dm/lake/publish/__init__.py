"""Publishing: files checked, placed and verified on the storage first, and registered last, all at once.

A name in a lake can be given once. So nothing is registered before the bytes are proved to be there; then one
transaction of the catalogue registers files, copies, dataset, metadata and rule, or none of them.
"""
