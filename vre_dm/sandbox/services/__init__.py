"""What runs inside the lake's private environment: Rucio's own code, started, fed and watched.

Nothing here may import more of vre-dm than `vre_dm.sandbox` and `vre_dm.errors`: the private environment
holds Rucio's server and its old pins, not the user's packages.
"""
