"""What users write under Other, and how the menus are used: deep dives, themes, estimates, before and after."""
