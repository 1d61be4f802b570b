"""The host systems that Flagstaff serves: their secrets, origins, endpoints, declared abilities, zone and link templates."""
