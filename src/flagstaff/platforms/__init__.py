"""The host systems that Flagstaff serves: secrets, origins, endpoints, declared abilities, zone and link templates."""
