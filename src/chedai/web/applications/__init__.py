"""The application on the screen: papers, form, people, lenders; and the door through which lenders answer."""
