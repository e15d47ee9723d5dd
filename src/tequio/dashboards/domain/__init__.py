"""Rules of the dashboard: times as histograms, cohorts, what a small figure may show, what a viewer may ask. Pure."""
